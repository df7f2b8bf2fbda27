import { type ReactNode, useEffect, useState } from "react";
import { Link, useLocation } from "wouter";
import { useChangedMs } from "../api/live";
import { useNow } from "./clock";
import { ago } from "./format";
import { Help } from "./Help";
import { useKeys } from "./keys";
import { Nav } from "./Nav";

export interface Crumb {
  label: string;
  to?: string;
}

/** Navigation, bar with crumbs, and the page. `fixed` pages scroll inside themselves. */
export function Frame({
  title,
  crumbs,
  fixed = false,
  children,
}: {
  title: string;
  crumbs: Crumb[];
  fixed?: boolean;
  children: ReactNode;
}) {
  const [help, setHelp] = useState(false);
  const [, navigate] = useLocation();
  useEffect(() => {
    document.title = `${title} · homerun`;
  }, [title]);
  useKeys({
    "g e": { does: "Go to experiments", run: () => navigate("/experiments") },
    "g r": { does: "Go to runs", run: () => navigate("/runs") },
    "?": { does: "Show these keys", run: () => setHelp(true) },
  });
  return (
    <>
      <a className="skip" href={`${window.location.pathname}${window.location.search}#main`}>
        Skip to content
      </a>
      <Nav onHelp={() => setHelp(true)} />
      <div className="view">
        <header className="bar">
          <nav className="crumbs" aria-label="Breadcrumb">
            <ol>
              {crumbs.map((crumb) => (
                <li key={crumb.label}>
                  {crumb.to ? (
                    <Link href={crumb.to}>{crumb.label}</Link>
                  ) : (
                    <span aria-current="page">{crumb.label}</span>
                  )}
                </li>
              ))}
            </ol>
          </nav>
          <Changed />
        </header>
        <main id="main" className={fixed ? "fixed" : undefined} tabIndex={-1}>
          {children}
        </main>
      </div>
      {help && <Help onClose={() => setHelp(false)} />}
    </>
  );
}

function Changed() {
  const changedMs = useChangedMs();
  const nowMs = useNow(changedMs !== null);
  if (changedMs === null) return null;
  return (
    <div className="bar-end">
      <span>Changed {ago(nowMs - changedMs)} ago</span>
    </div>
  );
}
