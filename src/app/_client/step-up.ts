"use client";

import type { TRPCLink } from "@trpc/client";
import { observable, type Unsubscribable } from "@trpc/server/observable";
import type { AppRouter } from "@/server/trpc/root";
import { readFailure } from "./failure";

type Settle = (proven: boolean) => void;

let waiting: Settle[] = [];
const listeners = new Set<() => void>();

function publish(next: Settle[]) {
  waiting = next;
  for (const notify of listeners) notify();
}

/** Calls that wait for the person to confirm that it is them. One dialog serves them all. */
export const stepUpStore = {
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  },
  isAsked: () => waiting.length > 0,
  settle(proven: boolean) {
    const settled = waiting;
    publish([]);
    for (const settle of settled) settle(proven);
  },
};

const askForStepUp = () => new Promise<boolean>((settle) => publish([...waiting, settle]));

/**
 * When the server wants to know that it is still the same person, asks them, and repeats the call. A call that they do not
 * confirm fails like any other.
 */
export const stepUpLink: TRPCLink<AppRouter> =
  () =>
  ({ next, op }) =>
    observable((observer) => {
      let running: Unsubscribable | undefined;
      let left = false;
      const attempt = (mayAsk: boolean) => {
        running = next(op).subscribe({
          next: (value) => observer.next(value),
          complete: () => observer.complete(),
          error: (error) => {
            if (!mayAsk || readFailure(error).code !== "step_up_required") {
              observer.error(error);
              return;
            }
            void askForStepUp().then((proven) => {
              if (left) return;
              if (proven) {
                attempt(false);
                return;
              }
              error.message = "Nothing changed, because you didn’t confirm that it’s you.";
              observer.error(error);
            });
          },
        });
      };
      attempt(true);
      return () => {
        left = true;
        running?.unsubscribe();
      };
    });
