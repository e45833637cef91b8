/** Accessibility repairs by selector: missing names, duplicate landmarks, elements the keyboard cannot reach. */
const repairs: readonly (readonly [selector: string, repair: (element: HTMLElement) => void])[] = [
  ["select:not([aria-label])", (element) => name(element, "Choose a value")],
  ["input:not([aria-label]):not([id])", (element) => name(element, "Value")],
  ["textarea:not([aria-label])", (element) => name(element, "Request body")],
  [".close-modal:not([aria-label])", (element) => element.setAttribute("aria-label", "Close")],
  ["pre:not([tabindex]), .microlight:not([tabindex])", (element) => element.setAttribute("tabindex", "0")],
  // The page has its own main landmark, and a table of responses is a table.
  ["main:not([role])", asRegion],
  ["table[role=region]", (element) => element.removeAttribute("role")],
  // The page has its own level-one heading; sections come right below it.
  ["h1.title:not([aria-level])", (element) => asHeading(element, 2)],
  ["h3.opblock-tag:not([aria-level])", (element) => asHeading(element, 2)],
  [".modal-ux-header h3:not([aria-level])", (element) => asHeading(element, 2)],
  [".opblock-section-header h4:not([aria-level])", (element) => asHeading(element, 3)],
  [".auth-container h4:not([aria-level])", (element) => asHeading(element, 3)],
  // A link inside a button cannot be reached as one: the path is text, and the button opens it.
  [".opblock-summary-control a[href]", unlink],
  [".opblock-summary-control a[tabindex]", unlink],
];

function name(element: HTMLElement, fallback: string): void {
  const row = element.closest("tr")?.querySelector(".parameter__name, .response-col_status")?.firstChild;
  element.setAttribute("aria-label", row?.textContent?.trim() || fallback);
}

function asRegion(element: HTMLElement): void {
  element.setAttribute("role", "region");
  element.setAttribute("aria-label", "Operations");
}

function asHeading(element: HTMLElement, level: number): void {
  element.setAttribute("role", "heading");
  element.setAttribute("aria-level", String(level));
}

function unlink(element: HTMLElement): void {
  element.removeAttribute("href");
  element.removeAttribute("tabindex");
}

/** Repairs the viewer's controls whenever it redraws; returns a function that stops it. */
export function nameControls(root: HTMLElement): () => void {
  const mend = () => {
    for (const [selector, repair] of repairs) {
      for (const element of root.querySelectorAll<HTMLElement>(selector)) repair(element);
    }
  };
  const observer = new MutationObserver(mend);
  observer.observe(root, { childList: true, subtree: true });
  return () => observer.disconnect();
}
