import { Dialog } from "./Dialog";
import { Keys } from "./Keys";
import { boundKeys } from "./keys";

const NAMES: Record<string, string> = { Enter: "↵", ArrowLeft: "←", ArrowRight: "→" };

/** The keys that work on this page. */
export function Help({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="pairs">
        {boundKeys().map(([key, does]) => (
          <div key={key}>
            <dt>
              <Keys keys={NAMES[key] ?? key} />
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <div className="btn-row">
        <button type="button" className="btn" onClick={onClose} data-focus>
          Close
        </button>
      </div>
    </Dialog>
  );
}
