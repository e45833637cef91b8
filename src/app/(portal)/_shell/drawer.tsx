"use client";

import { X } from "lucide-react";
import { Dialog } from "radix-ui";
import { Wordmark } from "@/components/brand/mark";
import { Button } from "@/components/ui/button";
import { overlayClasses } from "@/components/ui/overlays/dialog";
import { returnFocus } from "@/components/ui/overlays/return-focus";
import { Navigation } from "./navigation";
import { OrganizationSwitcher } from "./organization/organization-switcher";

interface DrawerProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** The navigation on a phone, from the left. */
export function Drawer({ open, onOpenChange }: DrawerProps) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className={overlayClasses} />
        <Dialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={returnFocus}
          className="enter-side fixed inset-y-0 left-0 z-50 w-72 overflow-y-auto border-r bg-paper p-3"
        >
          <div className="mb-4 flex h-9 items-center justify-between pl-2">
            <Dialog.Title className="sr-only">Menu</Dialog.Title>
            <Wordmark />
            <Dialog.Close asChild>
              <Button variant="ghost" size="icon" aria-label="Close menu">
                <X aria-hidden="true" />
              </Button>
            </Dialog.Close>
          </div>
          <div className="mb-4">
            <OrganizationSwitcher />
          </div>
          <Navigation onNavigate={() => onOpenChange(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
