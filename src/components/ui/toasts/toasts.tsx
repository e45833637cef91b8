"use client";

import { CircleAlert, CircleCheck, X } from "lucide-react";
import { Toast } from "radix-ui";
import { useSyncExternalStore } from "react";
import { dismissToast, type ToastMessage, toastStore } from "./toast-store";

const none: readonly ToastMessage[] = [];
const serverMessages = () => none;

export function Toasts() {
  const messages = useSyncExternalStore(toastStore.subscribe, toastStore.current, serverMessages);
  return (
    <Toast.Provider duration={5000} swipeDirection="right" label="Notification">
      {messages.map(({ id, title, description, tone }) => (
        <Toast.Root
          key={id}
          type={tone === "danger" ? "foreground" : "background"}
          onOpenChange={(open) => {
            if (!open) dismissToast(id);
          }}
          className="enter flex items-start gap-3 rounded-lg border bg-surface py-3 pr-2 pl-4"
        >
          {tone === "good" && <CircleCheck className="mt-0.5 size-4 shrink-0 text-good" aria-hidden="true" />}
          {tone === "danger" && (
            <CircleAlert className="mt-0.5 size-4 shrink-0 text-danger" aria-hidden="true" />
          )}
          <div className="min-w-0 flex-1">
            <Toast.Title className="font-medium">{title}</Toast.Title>
            {description && <Toast.Description className="text-muted">{description}</Toast.Description>}
          </div>
          <Toast.Close className="flex size-6 items-center justify-center rounded-md text-muted hover:bg-sunken hover:text-ink">
            <X className="size-3.5" aria-hidden="true" />
            <span className="sr-only">Dismiss</span>
          </Toast.Close>
        </Toast.Root>
      ))}
      <Toast.Viewport className="fixed inset-x-4 bottom-4 z-50 grid gap-2 sm:left-auto sm:w-96" />
    </Toast.Provider>
  );
}
