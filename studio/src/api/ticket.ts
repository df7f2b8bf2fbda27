/** The way in: a link's fragment holds a ticket, which is changed for a cookie once. */
import { apiUrl } from "./client";

/** The ticket in a fragment, and the fragment without it. */
export function splitTicket(hash: string): { ticket: string | null; rest: string } {
  const parts = hash.replace(/^#/, "").split("&").filter(Boolean);
  const found = parts.find((part) => part.startsWith("ticket="));
  const rest = parts.filter((part) => part !== found).join("&");
  return {
    ticket: found ? decodeURIComponent(found.slice("ticket=".length)) : null,
    rest: rest ? `#${rest}` : "",
  };
}

/** Change the ticket in the address for a cookie and take it out of the address, whatever the answer. */
export async function takeTicket(): Promise<void> {
  const { ticket, rest } = splitTicket(window.location.hash);
  if (!ticket) return;
  window.history.replaceState(null, "", window.location.pathname + window.location.search + rest);
  try {
    await fetch(apiUrl("session"), {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ticket }),
    });
  } catch {
    // The first question of the page meets the same silence and says so in words.
  }
}
