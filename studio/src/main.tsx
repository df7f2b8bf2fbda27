import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { takeTicket } from "./api/ticket";

/** The ticket is spent before anything else is asked for, and is never left in the address. */
async function start(): Promise<void> {
  await takeTicket();
  const root = document.getElementById("root");
  if (!root) throw new Error("index.html has no #root");
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

void start();
