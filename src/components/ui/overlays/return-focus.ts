"use client";

const ABOVE_THE_PAGE = '[role="dialog"], [role="alertdialog"], [role="menu"], [data-radix-focus-guard]';

let opener: HTMLElement | null = null;

/** The last focused element on the page itself: for a dialog that a menu opened, the menu's button. */
function remember(target: EventTarget | null) {
  if (target instanceof HTMLElement && target.closest(ABOVE_THE_PAGE) === null) opener = target;
}

if (typeof document !== "undefined") {
  remember(document.activeElement);
  document.addEventListener("focusin", ({ target }) => remember(target), true);
}

/**
 ** Where the focus goes when a dialog closes (WCAG 2.4.3): back to its opener, or to the page's content if the opener
 ** is gone, like a deleted row's button. Radix does this only for dialogs with a trigger of their own.
 */
export function returnFocus(event: Event): void {
  event.preventDefault();
  const target = opener?.isConnected ? opener : document.getElementById("content");
  target?.focus();
}
