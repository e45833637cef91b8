"use client";

import { Menu, X } from "lucide-react";
import Link from "next/link";
import { Dialog } from "radix-ui";
import { useState } from "react";
import { Wordmark } from "@/components/brand/mark";
import { cn } from "@/components/cn";
import { Button } from "@/components/ui/button";
import { overlayClasses } from "@/components/ui/dialog";
import { CommandButton } from "./command-button";
import { Navigation } from "./navigation";
import { OrganizationSwitcher } from "./organization-switcher";
import { SandboxBadge } from "./sandbox-badge";
import { UserMenu } from "./user-menu";

/** The phone's header: the pages in a drawer, the account at the right. */
export function Topbar({ sandbox, className }: { sandbox: readonly string[]; className?: string }) {
  const [open, setOpen] = useState(false);
  return (
    <header
      className={cn("sticky top-0 z-30 flex h-14 items-center gap-2 border-b bg-paper px-2", className)}
    >
      <Dialog.Root open={open} onOpenChange={setOpen}>
        <Dialog.Trigger asChild>
          <Button variant="ghost" size="icon" aria-label="Open the menu">
            <Menu aria-hidden="true" />
          </Button>
        </Dialog.Trigger>
        <Dialog.Portal>
          <Dialog.Overlay className={overlayClasses} />
          <Dialog.Content
            aria-describedby={undefined}
            className="enter-side fixed inset-y-0 left-0 z-50 w-72 border-r bg-paper p-3"
          >
            <div className="mb-4 flex h-9 items-center justify-between pl-2">
              <Dialog.Title className="sr-only">Menu</Dialog.Title>
              <Wordmark />
              <Dialog.Close asChild>
                <Button variant="ghost" size="icon" aria-label="Close the menu">
                  <X aria-hidden="true" />
                </Button>
              </Dialog.Close>
            </div>
            <div className="mb-4">
              <OrganizationSwitcher />
            </div>
            <Navigation onNavigate={() => setOpen(false)} />
          </Dialog.Content>
        </Dialog.Portal>
      </Dialog.Root>
      <Link href="/" aria-label="AgathaAI, home" className="flex rounded-md">
        <Wordmark className="text-sm" />
      </Link>
      <SandboxBadge providers={sandbox} />
      <div className="ml-auto flex items-center gap-1">
        <CommandButton compact />
        <UserMenu side="bottom" compact />
      </div>
    </header>
  );
}
