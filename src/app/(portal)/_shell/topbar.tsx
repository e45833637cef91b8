"use client";

import { Menu } from "lucide-react";
import dynamic from "next/dynamic";
import { type ReactNode, useState } from "react";
import { cn } from "@/components/cn";
import { Button } from "@/components/ui/button";
import { CommandButton } from "./command/command-menu";
import { UserMenu } from "./user-menu";

const loadDrawer = () => import("./drawer").then((module) => module.Drawer);
const Drawer = dynamic(loadDrawer, { ssr: false });

/**
 * The header on a phone: the navigation in a drawer, the account menu at the right. `children` stand between them; the layout passes
 * them in because they need no script.
 */
export function Topbar({ className, children }: { className?: string; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const [opened, setOpened] = useState(false);
  if (open && !opened) setOpened(true);
  const warm = () => void loadDrawer().catch(() => undefined);
  return (
    <header
      className={cn("sticky top-0 z-30 flex h-14 items-center gap-2 border-b bg-paper px-2", className)}
    >
      <Button
        variant="ghost"
        size="icon"
        aria-label="Open menu"
        aria-haspopup="dialog"
        aria-expanded={open}
        onPointerEnter={warm}
        onFocus={warm}
        onClick={() => setOpen(true)}
      >
        <Menu aria-hidden="true" />
      </Button>
      {opened && <Drawer open={open} onOpenChange={setOpen} />}
      {children}
      <div className="ml-auto flex items-center gap-1">
        <CommandButton compact />
        <UserMenu side="bottom" compact />
      </div>
    </header>
  );
}
