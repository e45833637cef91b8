"use client";

import { type UseMutationOptions, useMutation } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

/**
 * Opens a page at Stripe once, however often the button is clicked: a second visit would add a second history entry, and
 * Back would seem to do nothing. When the back/forward cache restores this page, its buttons work again.
 */
export function useStripePage<Input, Failure>(
  options: Omit<UseMutationOptions<{ url: string }, Failure, Input>, "onSuccess">,
) {
  const leaving = useRef(false);
  const { mutate, reset, error, isPending, isSuccess, variables } = useMutation({
    ...options,
    meta: { refreshes: false },
    onSuccess: ({ url }) => location.assign(url),
    onError: (...failed) => {
      leaving.current = false;
      return options.onError?.(...failed);
    },
  });

  useEffect(() => {
    const onShow = ({ persisted }: PageTransitionEvent) => {
      if (!persisted) return;
      leaving.current = false;
      reset();
    };
    addEventListener("pageshow", onShow);
    return () => removeEventListener("pageshow", onShow);
  }, [reset]);

  const isLeaving = isPending || isSuccess;
  return {
    error,
    isLeaving,
    /** The input while the page is leaving. */
    goingTo: isLeaving ? variables : undefined,
    leave: (input: Input) => {
      if (leaving.current) return;
      leaving.current = true;
      mutate(input);
    },
  };
}
