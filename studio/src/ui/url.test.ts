import { expect, test } from "vitest";
import { commandLine, parameters } from "./params";
import { experimentPath, runPath, withQuery } from "./url";

test("a change keeps what it does not name, and takes out what is empty", () => {
  expect(withQuery("?wsid=/subscriptions/a&q=x", { q: null, status: "failed,running" })).toBe(
    "?wsid=/subscriptions/a&status=failed,running",
  );
  expect(withQuery("?q=x", { q: "" })).toBe("");
});

test("ids are escaped in paths", () => {
  expect(runPath("a b", "logs")).toBe("/runs/a%20b/logs");
  expect(experimentPath("x/y")).toBe("/experiments/x%2Fy");
});

test("parameters are read from the words of a command", () => {
  const words = ["--lr", "0.1", "--amp", "--n=4", "file", "--data", { input: "cifar" }, "--offset", "-5"];
  expect(parameters({ arguments: words })).toEqual([
    ["lr", "0.1"],
    ["amp", "true"],
    ["n", "4"],
    ["data", "$cifar"],
    ["offset", "-5"],
  ]);
});

test("words with spaces are quoted in the command", () => {
  const text = commandLine({ script: "train.py", command: null, arguments: ["--name", "it's two words"] });
  expect(text).toBe("python train.py --name 'it'\\''s two words'");
});
