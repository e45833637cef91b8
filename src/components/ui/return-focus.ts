"use client";

const ABOVE_THE_PAGE = '[role="dialog"], [role="alertdialog"], [role="menu"], [data-radix-focus-guard]';

let opener: HTMLElement | null = null;

/** The last place on the page itself: of a dialog that a menu opened, the menu's button. */
function remember(target: EventTarget | null) {
  if (target instanceof HTMLElement && target.closest(ABOVE_THE_PAGE) === null) opener = target;
}

if (typeof document !== "undefined") {
  remember(document.activeElement);
  document.addEventListener("focusin", ({ target }) => remember(target), true);
}

/**
 * Where the focus goes when a dialog closes (WCAG 2.4.3): back to what opened it, or to the page's content where that
 * has gone meanwhile, as a deleted row's button has. Radix does it for dialogs with a trigger of their own only.
 */
export function returnFocus(event: Event): void {
  event.preventDefault();
  const place = opener?.isConnected ? opener : document.getElementById("content");
  place?.focus();
}
