import { Copy } from "../ui/Copy";
import { Mark } from "../ui/Icon";

/** No cookie, or one that is no longer believed: a fresh link helps. */
export function NoEntry() {
  return (
    <main className="hello entry">
      <div className="nav-brand">
        <Mark />
        <span>homerun</span>
      </div>
      <h1>This page opens by a link</h1>
      <p className="lede">
        The browser has no key for this server, or the one it has is too old. A link with a fresh key is
        printed by this command, on the machine where the server runs:
      </p>
      <div className="codebox mt-l" tabIndex={0} role="region" aria-label="Command">
        <pre>homerun studio</pre>
        <Copy text="homerun studio" what="command" />
      </div>
      <p className="small mute mt-l">Links that a script prints when it submits a run work too, for a day.</p>
    </main>
  );
}
