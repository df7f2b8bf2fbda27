/// <reference types="vitest/config" />
import { readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

/** theme.js runs before the first paint: a hashed file of its own, as the CSP allows no inline script. */
function theme(): Plugin {
  let id = "";
  return {
    name: "theme",
    apply: "build",
    buildStart() {
      id = this.emitFile({ type: "asset", name: "theme.js", source: readFileSync("theme.js", "utf8") });
    },
    transformIndexHtml: {
      order: "post",
      handler(_html, context) {
        const file = Object.keys(context.bundle ?? {}).find((name) => /theme-[^/]+\.js$/.test(name));
        if (!file || !id) throw new Error("theme.js is not among the built files");
        return [{ tag: "script", attrs: { src: `./${file}` }, injectTo: "head-prepend" }];
      },
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [theme()],
  build: {
    outDir: "../src/homerun/server/static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    rolldownOptions: {
      onwarn: (warning, warn) => warning.code !== "MODULE_LEVEL_DIRECTIVE" && warn(warning),
    },
  },
  test: { environment: "node", include: ["src/**/*.test.ts", "src/**/*.test.tsx"] },
});
