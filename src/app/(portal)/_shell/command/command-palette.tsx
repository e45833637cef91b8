"use client";

import { Command } from "cmdk";
import {
  BookOpen,
  KeyRound,
  LogOut,
  type LucideIcon,
  Monitor,
  Moon,
  ReceiptText,
  Search,
  Sun,
} from "lucide-react";
import { useRouter } from "next/navigation";
import { Dialog } from "radix-ui";
import { type ReactNode, useState } from "react";
import { cn } from "@/components/cn";
import type { Theme } from "@/components/theme/theme";
import { useTheme } from "@/components/theme/use-theme";
import { overlayClasses } from "@/components/ui/overlays/dialog";
import { returnFocus } from "@/components/ui/overlays/return-focus";
import { signOutTo } from "../../../_client/auth-call";
import { useScopes } from "../../../_client/use-scopes";
import { useNavigationItems } from "../navigation";
import { requestIdIn } from "./request-id-in";

const themes: { theme: Theme; label: string; Icon: LucideIcon }[] = [
  { theme: "light", label: "Use light theme", Icon: Sun },
  { theme: "dark", label: "Use dark theme", Icon: Moon },
  { theme: "system", label: "Use system theme", Icon: Monitor },
];

/** Finds pages and actions. A pasted request ID leads to that request and hides everything else. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const router = useRouter();
  const [search, setSearch] = useState("");
  const [theme, choose] = useTheme();
  const items = useNavigationItems();
  const mayMakeKeys = useScopes()?.has("keys:write") ?? false;
  const requestId = requestIdIn(search);
  const run = (action: () => void) => () => {
    onClose();
    action();
  };
  const go = (href: string) => run(() => router.push(href));

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className={overlayClasses} />
        <Dialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={returnFocus}
          className="enter fixed inset-x-3 top-[12vh] z-50 mx-auto max-w-lg overflow-hidden rounded-xl border bg-surface"
        >
          <Dialog.Title className="sr-only">Jump to</Dialog.Title>
          <Command label="Jump to" loop shouldFilter={requestId === null}>
            <div className="flex items-center gap-2.5 border-b px-4">
              <Search className="size-4 shrink-0 text-muted" aria-hidden="true" />
              <Command.Input
                value={search}
                onValueChange={setSearch}
                placeholder="Page, action or request ID"
                className="h-12 w-full bg-transparent text-base outline-none placeholder:text-muted sm:text-sm"
              />
            </div>
            <Command.List label="Results" className="max-h-[min(24rem,60vh)] overflow-y-auto p-2">
              <Command.Empty className="px-2 py-6 text-center text-muted">
                No results. Try a page name, or paste a request ID (inf_…).
              </Command.Empty>
              {requestId !== null ? (
                <Group heading="Request">
                  <Item Icon={ReceiptText} value={requestId} onSelect={go(`/requests/${requestId}`)}>
                    <span className="min-w-0 truncate">
                      Open <code className="text-[13px]">{requestId}</code>
                    </span>
                  </Item>
                </Group>
              ) : (
                <>
                  <Group heading="Pages">
                    {items.map(({ href, label, Icon }) => (
                      <Item key={href} Icon={Icon} onSelect={go(href)}>
                        {label}
                      </Item>
                    ))}
                    <Item Icon={BookOpen} onSelect={go("/docs")}>
                      Documentation
                    </Item>
                  </Group>
                  <Group heading="Actions">
                    {mayMakeKeys && (
                      <Item Icon={KeyRound} onSelect={go("/keys?create")}>
                        Create API key
                      </Item>
                    )}
                    {themes
                      .filter((option) => option.theme !== theme)
                      .map((option) => (
                        <Item
                          key={option.theme}
                          Icon={option.Icon}
                          onSelect={run(() => choose(option.theme))}
                        >
                          {option.label}
                        </Item>
                      ))}
                    <Item Icon={LogOut} onSelect={run(() => void signOutTo("/"))}>
                      Sign out
                    </Item>
                  </Group>
                </>
              )}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-[13px] [&_[cmdk-group-heading]]:text-muted"
    >
      {children}
    </Command.Group>
  );
}

interface ItemProps {
  Icon: LucideIcon;
  value?: string;
  onSelect: () => void;
  children: ReactNode;
}

function Item({ Icon, value, onSelect, children }: ItemProps) {
  return (
    <Command.Item
      {...(value === undefined ? {} : { value })}
      onSelect={onSelect}
      className={cn(
        "flex min-h-9 cursor-pointer select-none items-center gap-2.5 rounded-md px-2",
        "data-[selected=true]:bg-sunken",
      )}
    >
      <Icon className="size-4 shrink-0 text-muted" aria-hidden="true" />
      {children}
    </Command.Item>
  );
}
