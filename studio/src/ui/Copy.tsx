import { Icon } from "./Icon";
import { say } from "./Toast";

/** Put a text on the clipboard and say so. */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(`Copied ${what}.`);
  } catch {
    say(`The browser does not let this page copy. The ${what}: ${text}`);
  }
}

/** A quiet button that copies a text. */
export function Copy({ text, what }: { text: string; what: string }) {
  return (
    <button
      type="button"
      className="btn icon quiet small"
      aria-label={`Copy ${what}`}
      title={`Copy ${what}`}
      onClick={() => copy(text, what)}
    >
      <Icon name="copy" />
    </button>
  );
}
