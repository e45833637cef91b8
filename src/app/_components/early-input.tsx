import { headers } from "next/headers";

/** After this long the reader has given up, and a repeat would come as a surprise. */
const LONGEST_WAIT_MS = 15_000;
const LOOK_EVERY_MS = 50;

/**
 * The server renders buttons and forms that do nothing until React has hydrated them, which takes seconds on a slow line. Worse,
 * a browser submits such a form by itself and puts its fields, passwords among them, into the address. This script runs before
 * anything can be pressed: it holds the last early press of a button or submission of a form, and repeats it once React
 * answers for that element.
 *
 * React listens on `document`. As long as a part of the page waits to be hydrated, React stops discrete events on their way down to it.
 * So the script first sends a `pointercancel`, to which nobody listens: if it arrives at the element, React handles events there. But
 * React may also hydrate an element during the press itself and handle that press. So a press is held at `window`, before React sees it,
 * and let go one step below `document` if React has taken the element over: nothing happens twice. Radix's menus and tabs listen to the
 * pointer and not to the click, so a repeated press has all events of a real one.
 */
const script = `(() => {
  const isBegun = (element) => Object.keys(element).some((key) => key.startsWith("__reactProps$"));
  const answers = (element) => {
    if (!isBegun(element)) return false;
    let arrived = false;
    const note = (event) => {
      arrived = true;
      event.stopImmediatePropagation();
    };
    element.addEventListener("pointercancel", note, true);
    element.dispatchEvent(new PointerEvent("pointercancel", { bubbles: true }));
    element.removeEventListener("pointercancel", note, true);
    return arrived;
  };
  let held;
  const hold = (element, repeat) => {
    const own = (held = { element });
    const until = Date.now() + ${LONGEST_WAIT_MS};
    const look = () => {
      if (held !== own || !element.isConnected || Date.now() > until) return;
      if (!answers(element)) return setTimeout(look, ${LOOK_EVERY_MS});
      held = undefined;
      repeat();
    };
    setTimeout(look, ${LOOK_EVERY_MS});
  };
  const press = (button) => {
    const options = { bubbles: true, cancelable: true, composed: true, button: 0, pointerType: "mouse", isPrimary: true };
    for (const [Kind, step] of [[PointerEvent, "pointer"], [MouseEvent, "mouse"]])
      button.dispatchEvent(new Kind(step + "down", options));
    for (const [Kind, step] of [[PointerEvent, "pointer"], [MouseEvent, "mouse"]])
      button.dispatchEvent(new Kind(step + "up", options));
    button.click();
  };
  addEventListener("click", ({ target }) => {
    held = undefined;
    const button = target instanceof Element && target.closest('button[type="button"]');
    if (button && !answers(button)) hold(button, () => press(button));
  }, true);
  addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (answers(form)) return;
    event.preventDefault();
    hold(form, () => form.requestSubmit(submitter));
  }, true);
  for (const type of ["click", "submit"])
    document.documentElement.addEventListener(type, () => {
      if (held && isBegun(held.element)) held = undefined;
    }, true);
})()`;

/** Holds what readers press before the page's script has come. Must be rendered before everything that can be pressed. */
export async function EarlyInput() {
  const policy = (await headers()).get("content-security-policy") ?? "";
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
  return (
    <script
      nonce={nonce}
      // Browsers hide a nonce from the page, so React finds another one than it was rendered with.
      suppressHydrationWarning
      // biome-ignore lint/security/noDangerouslySetInnerHtml: the constant above; nothing in it comes from outside.
      dangerouslySetInnerHTML={{ __html: script }}
    />
  );
}
