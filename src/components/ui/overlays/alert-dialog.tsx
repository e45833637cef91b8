"use client";

import { AlertDialog as AlertDialogPrimitive } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "../../cn";
import { overlayClasses, panelClasses } from "./dialog";
import { returnFocus } from "./return-focus";

export const AlertDialog = AlertDialogPrimitive.Root;
export const AlertDialogCancel = AlertDialogPrimitive.Cancel;

interface AlertDialogContentProps extends Omit<ComponentProps<typeof AlertDialogPrimitive.Content>, "title"> {
  title: ReactNode;
  /** What will happen, and whether it can be undone. */
  description: ReactNode;
}

/** For what cannot be undone: a click outside does not close it, and focus starts at Cancel. */
export function AlertDialogContent({
  title,
  description,
  className,
  children,
  ...props
}: AlertDialogContentProps) {
  return (
    <AlertDialogPrimitive.Portal>
      <AlertDialogPrimitive.Overlay className={overlayClasses} />
      <AlertDialogPrimitive.Content
        className={cn(panelClasses, "max-w-md", className)}
        onCloseAutoFocus={returnFocus}
        {...props}
      >
        <AlertDialogPrimitive.Title className="font-semibold text-lg tracking-tight">
          {title}
        </AlertDialogPrimitive.Title>
        <AlertDialogPrimitive.Description asChild>
          <div className="mt-1.5 text-muted">{description}</div>
        </AlertDialogPrimitive.Description>
        {children}
      </AlertDialogPrimitive.Content>
    </AlertDialogPrimitive.Portal>
  );
}
