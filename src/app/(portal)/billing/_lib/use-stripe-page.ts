"use client";

import { type UseMutationOptions, useMutation } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

/**
 * Leads to a page of Stripe's, once for any number of clicks: a second visit would be a second step of the browser's
 * history, and Back would seem to do nothing. A browser that brings this page back as it was left (its back/forward
 * cache) finds the buttons ready again.
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
    /** What was asked for, while it is on its way. */
    goingTo: isLeaving ? variables : undefined,
    leave: (input: Input) => {
      if (leaving.current) return;
      leaving.current = true;
      mutate(input);
    },
  };
}
