"use client";

import { X } from "lucide-react";
import { Dialog as DialogPrimitive } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "../../cn";
import { Button } from "../button";
import { returnFocus } from "./return-focus";

export const Dialog = DialogPrimitive.Root;
export const DialogTrigger = DialogPrimitive.Trigger;
export const DialogClose = DialogPrimitive.Close;

export const overlayClasses = "fixed inset-0 z-40 bg-[#0b0b0e]/45";
export const panelClasses =
  "enter fixed inset-x-0 bottom-0 z-50 mx-auto max-h-[92dvh] w-full max-w-lg overflow-y-auto rounded-t-xl border bg-surface p-5 sm:inset-x-4 sm:top-1/2 sm:bottom-auto sm:-translate-y-1/2 sm:rounded-xl sm:p-6";

interface DialogContentProps extends Omit<ComponentProps<typeof DialogPrimitive.Content>, "title"> {
  title: ReactNode;
  description?: ReactNode;
  /** False for a dialog that must end with a deliberate choice: only its own buttons close it. */
  closable?: boolean;
}

const onlyByItsButtons: Pick<DialogContentProps, "onEscapeKeyDown" | "onInteractOutside"> = {
  onEscapeKeyDown: (event) => event.preventDefault(),
  onInteractOutside: (event) => event.preventDefault(),
};

/** A sheet from the bottom on a phone, a centered panel elsewhere. */
export function DialogContent({
  title,
  description,
  closable = true,
  className,
  children,
  ...props
}: DialogContentProps) {
  return (
    <DialogPrimitive.Portal>
      <DialogPrimitive.Overlay className={overlayClasses} />
      <DialogPrimitive.Content
        className={cn(panelClasses, className)}
        onCloseAutoFocus={returnFocus}
        {...(closable ? {} : onlyByItsButtons)}
        {...(description ? {} : { "aria-describedby": undefined })}
        {...props}
      >
        <header className="mb-5 grid gap-1.5 pr-8">
          <DialogPrimitive.Title className="font-semibold text-lg tracking-tight">
            {title}
          </DialogPrimitive.Title>
          {description && (
            <DialogPrimitive.Description className="text-muted">{description}</DialogPrimitive.Description>
          )}
        </header>
        {children}
        {closable && (
          <DialogPrimitive.Close className="absolute top-4 right-4 flex size-8 items-center justify-center rounded-md text-muted hover:bg-sunken hover:text-ink">
            <X className="size-4" aria-hidden="true" />
            <span className="sr-only">Close</span>
          </DialogPrimitive.Close>
        )}
      </DialogPrimitive.Content>
    </DialogPrimitive.Portal>
  );
}

export function DialogFooter({ className, ...props }: ComponentProps<"footer">) {
  return (
    <footer
      className={cn("mt-6 flex flex-col-reverse gap-2 sm:flex-row sm:justify-end", className)}
      {...props}
    />
  );
}

interface SubmitFooterProps {
  pending: boolean;
  disabled?: boolean;
  /** The submit button's label: the title's verb and object. */
  children: ReactNode;
}

/** The foot of a form in a dialog: cancel, or submit. */
export function DialogSubmitFooter({ pending, disabled, children }: SubmitFooterProps) {
  return (
    <DialogFooter className="mt-2">
      <DialogClose asChild>
        <Button variant="ghost">Cancel</Button>
      </DialogClose>
      <Button type="submit" disabled={disabled} pending={pending}>
        {children}
      </Button>
    </DialogFooter>
  );
}
