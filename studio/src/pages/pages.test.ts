// @vitest-environment jsdom
import { describe, expect, test } from "vitest";
import { mergeRun } from "../api/queries";
import type { MetricSummary, Run } from "../api/types";
import { treeRows } from "../ui/Tree";
import { BUILD_LOG, DRIVER_LOG, mainLog } from "./run/mainLog";
import { colourOf, isDrawn, readView, sections } from "./run/metricView";
import { toTag } from "./run/Notes";
import { stages } from "./run/stages";
import { findTrace } from "./run/trace";
import { toGrid } from "./run/Values";
import { belongs } from "./runs/useRunRows";

const steps = (...pairs: [string, number][]) =>
  pairs.map(([status, at_ms]) => ({ status, at_ms, writer: "scheduler", reason: null }));

const run = (status: string, transitions: Run["transitions"], more: Partial<Run> = {}): Run =>
  ({ status, transitions, ended_ms: null, metrics: {}, ...more }) as Run;

describe("the stage line", () => {
  test("shows what was passed, where the run is, and what lies ahead", () => {
    const line = stages(
      run("Running", steps(["NotStarted", 0], ["Queued", 10], ["Starting", 2_410], ["Running", 3_210])),
      10_210,
    );
    expect(line.map(({ label, state }) => `${label} ${state}`)).toEqual([
      "Preparing done",
      "Queued done",
      "Starting done",
      "Running here",
      "Finalizing next",
      "Completed next",
    ]);
    expect(line.map(({ small }) => small)).toEqual(["no build needed", "2.4 s", "0.8 s", "7.0 s", "", ""]);
  });

  test("ends where a failed run ended", () => {
    const line = stages(
      run("Failed", steps(["NotStarted", 0], ["Preparing", 10], ["Failed", 12_010]), { ended_ms: 12_010 }),
      99_999,
    );
    expect(line.map(({ label, state }) => `${label} ${state}`)).toEqual(["Preparing done", "Failed failed"]);
    expect(line[0]?.small).toBe("12 s");
  });

  test("a canceling run stands where it ran", () => {
    expect(
      stages(run("CancelRequested", steps(["Running", 0], ["CancelRequested", 5])), 10)[3],
    ).toMatchObject({ label: "Canceling", state: "here" });
  });
});

describe("the log that opens by itself", () => {
  const files = [{ path: BUILD_LOG }, { path: DRIVER_LOG }, { path: "outputs/a" }];
  test("is the build log while preparing, then the driver log", () => {
    expect(mainLog({ status: "Preparing", error: null }, files)).toBe(BUILD_LOG);
    expect(mainLog({ status: "Running", error: null }, files)).toBe(DRIVER_LOG);
    expect(mainLog({ status: "Queued", error: null }, [])).toBeNull();
  });
  test("is the build log when the build failed", () => {
    const error = { code: "BuildFailed", message: "", exit_code: null, signal: null };
    expect(mainLog({ status: "Failed", error }, files)).toBe(BUILD_LOG);
  });
});

test("the last traceback names the user's own line", () => {
  const trace = findTrace([
    "Traceback (most recent call last):",
    '  File "/w/a.py", line 1, in f',
    "OldError: x",
    "goes on",
    "Traceback (most recent call last):",
    '  File "/w/train.py", line 83, in main',
    "    loss = model(x)",
    '  File "/e/site-packages/torch/m.py", line 9, in call',
    "ValueError: bad",
    "",
  ]);
  expect(trace).toMatchObject({ error: "ValueError: bad", file: "train.py", line: 83, lastLine: 9 });
  expect(findTrace(["all is well"])).toBeNull();
});

describe("metrics", () => {
  const scalar = (name: string, kind = "scalar") => ({ name, kind }) as MetricSummary;

  test("two with one prefix make a section, lone ones stand together", () => {
    const found = sections(["train/a", "loss", "train/b", "val/a"].map((name) => scalar(name)));
    expect(found.map(([name, list]) => [name, list.map((one) => one.name)])).toEqual([
      ["train", ["train/a", "train/b"]],
      ["metrics", ["loss", "val/a"]],
    ]);
    expect(colourOf("val/loss")).not.toBe(colourOf("train/loss"));
  });

  test("one that is only words is no chart", () => {
    const one = (value: unknown, min: number | null) => ({ kind: "scalar", value, min }) as MetricSummary;
    expect([one("linear", null), { ...one(1, 1), kind: "list" }].map(isDrawn)).toEqual([false, false]);
    expect([one(1, 1), one("late", 1), one("NaN", null), one("-Infinity", null)].every(isDrawn)).toBe(true);
  });

  test("the address says how charts look, and nonsense in it is nothing", () => {
    const view = readView(new URLSearchParams("x=clock&smooth=0.85&log=1&from=5&to=9&columns=2"));
    expect(view).toEqual({ axis: "clock", smoothing: 0.85, log: true, sync: true, zoom: [5, 9], columns: 2 });
    expect(readView(new URLSearchParams("x=moon&smooth=7&from=9&to=5&columns=99"))).toMatchObject({
      axis: "step",
      smoothing: 0,
      zoom: null,
      columns: 4,
    });
  });

  test("rows, tables and lists become grids", () => {
    expect(toGrid([{ cat: 1, dog: 2 }, { cat: 3 }])).toEqual({
      head: ["cat", "dog"],
      rows: [
        [1, 2],
        [3, undefined],
      ],
    });
    expect(toGrid([{ x: [1, 2], y: [3, 4] }])?.rows).toEqual([
      [1, 3],
      [2, 4],
    ]);
    expect(toGrid([[1, 2, 3]])?.rows).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
    expect(toGrid([])).toBeNull();
  });
});

test("a tag is a key, with or without a value", () => {
  expect(toTag("seed: 7")).toEqual(["seed", "7"]);
  expect(toTag("a=b=c")).toEqual(["a", "b=c"]);
  expect(toTag(" baseline ")).toEqual(["baseline", ""]);
  expect(toTag("  ")).toBeNull();
});

test("a tree has each folder once, before what lies in it", () => {
  const files = ["outputs/b.txt", "a.txt", "outputs/a/c.txt"].map((path) => ({
    path,
    size: 1,
    digest: null,
    live: false,
    created_ms: 0,
  }));
  expect(treeRows(files).map(({ name, level }) => `${level} ${name}`)).toEqual([
    "0 a.txt",
    "0 outputs",
    "1 a",
    "2 c.txt",
    "1 b.txt",
  ]);
});

test("a leaner run of the stream does not wipe out what the page knows", () => {
  const before = run("Running", steps(["Running", 1]), {
    metrics: { loss: { name: "loss" } as MetricSummary },
  });
  const merged = mergeRun(before, run("Completed", []));
  expect(merged.status).toBe("Completed");
  expect(merged.transitions).toHaveLength(1);
  expect(merged.metrics).toHaveProperty("loss");
});

test("a new run counts where it belongs", () => {
  const one = run("Queued", [], { experiment: "a", experiment_id: "g" });
  expect(belongs(one, { experiment: "a" })).toBe(true);
  expect(belongs(one, { experiment: "b" })).toBe(false);
  expect(belongs(one, { status: "Failed" })).toBe(false);
});
