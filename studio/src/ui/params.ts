/** Parameters of a run, read from the words of its command line. */
import type { Run } from "../api/types";

export function argumentText(argument: unknown): string {
  if (typeof argument === "string") return argument;
  if (argument && typeof argument === "object" && "input" in argument) return `$${String(argument.input)}`;
  return String(argument);
}

const isFlag = (word: string): boolean => /^--?[A-Za-z]/.test(word);

/** `--lr 0.1 --amp -n=4` → lr 0.1, amp true, n 4. Words without a flag before them are left out. */
export function parameters(run: Pick<Run, "arguments">): [string, string][] {
  const words = run.arguments.map(argumentText);
  const found: [string, string][] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (!isFlag(word)) continue;
    const name = word.replace(/^--?/, "");
    const equals = name.indexOf("=");
    const next = words[i + 1];
    if (equals > 0) found.push([name.slice(0, equals), name.slice(equals + 1)]);
    else if (next === undefined || isFlag(next)) found.push([name, "true"]);
    else {
      found.push([name, next]);
      i++;
    }
  }
  return found;
}

/** The command as one would type it, long ones folded before each flag. */
export function commandLine(run: Pick<Run, "script" | "command" | "arguments">): string {
  const words = (run.command ?? (run.script ? ["python", run.script] : [])).map(argumentText);
  const all = [...words, ...run.arguments.map(argumentText)].map(quoted);
  const text = all.join(" ");
  if (text.length <= 96) return text;
  let line = "";
  const lines: string[] = [];
  for (const word of all) {
    if (line.length + word.length > 84 && isFlag(word)) {
      lines.push(line);
      line = `  ${word}`;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, line].join(" \\\n");
}

const quoted = (word: string): string =>
  /^[\w@%+=:,./$~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
