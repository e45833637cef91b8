export type ToastTone = "neutral" | "good" | "danger";

export interface ToastMessage {
  id: number;
  title: string;
  description?: string;
  tone: ToastTone;
}

let messages: readonly ToastMessage[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function publish(next: readonly ToastMessage[]) {
  messages = next;
  for (const notify of listeners) notify();
}

/** Shows a short message at the page's corner: the result of an action, never what must be read. */
export function toast(title: string, options: { description?: string; tone?: ToastTone } = {}): void {
  const { description, tone = "neutral" } = options;
  const message = { id: nextId++, title, tone, ...(description === undefined ? {} : { description }) };
  publish([...messages.slice(-2), message]);
}

export function dismissToast(id: number): void {
  publish(messages.filter((message) => message.id !== id));
}

export const toastStore = {
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  },
  current: () => messages,
};
