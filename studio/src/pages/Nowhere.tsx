import { Link } from "wouter";
import { Frame } from "../ui/Frame";

/** An address that is no page. */
export function Nowhere() {
  return (
    <Frame title="No such page" crumbs={[{ label: "No such page" }]}>
      <div className="body">
        <div className="empty">
          <h1>There is no page at this address</h1>
          <p>
            <span className="mono">{window.location.pathname}</span> names nothing here. What there is:{" "}
            <Link className="link" href="/experiments">
              experiments
            </Link>{" "}
            and{" "}
            <Link className="link" href="/runs">
              runs
            </Link>
            .
          </p>
        </div>
      </div>
    </Frame>
  );
}
