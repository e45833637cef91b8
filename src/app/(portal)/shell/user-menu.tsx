"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { ChevronsUpDown, LogOut, Monitor, MonitorX, Moon, Settings, Sun } from "lucide-react";
import Link from "next/link";
import { signOut } from "next-auth/react";
import { cn } from "@/components/cn";
import { parseTheme } from "@/components/theme/theme";
import { useTheme } from "@/components/theme/use-theme";
import { Badge } from "@/components/ui/badge";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { toast } from "@/components/ui/toast-store";
import { readFailure } from "../../client/failure";
import { useTRPC } from "../../client/trpc";

const themeOptions = [
  { value: "system", label: "System", Icon: Monitor },
  { value: "light", label: "Light", Icon: Sun },
  { value: "dark", label: "Dark", Icon: Moon },
] as const;

function leave(callbackUrl: string) {
  // Drafts of prompts go with the person.
  sessionStorage.clear();
  void signOut({ callbackUrl });
}

export function UserMenu({ side, compact = false }: { side: "top" | "bottom"; compact?: boolean }) {
  const trpc = useTRPC();
  const me = useQuery(trpc.account.me.queryOptions());
  const [theme, chooseTheme] = useTheme();
  const everywhere = useMutation(
    trpc.auth.signOutEverywhere.mutationOptions({
      onSuccess: () => leave("/sign-in?note=signed-out"),
      onError: (error) =>
        toast("You are still signed in", { description: readFailure(error).message, tone: "danger" }),
    }),
  );

  const name = me.data?.user.name || me.data?.user.email || "Account";
  const initial = (name[0] ?? "A").toUpperCase();
  const avatar = (
    <span className="flex size-8 shrink-0 items-center justify-center rounded-full bg-accent-soft font-semibold text-accent">
      {initial}
    </span>
  );

  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        className={cn(
          "flex items-center gap-2.5 rounded-lg hover:bg-sunken",
          compact ? "p-1" : "w-full p-2 text-left",
        )}
      >
        {avatar}
        {compact ? (
          <span className="sr-only">Your account</span>
        ) : (
          <>
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{name}</span>
              <span className="block truncate text-[13px] text-muted">
                {me.data?.organization.name ?? "\u00a0"}
              </span>
            </span>
            <ChevronsUpDown className="size-4 shrink-0 text-muted" aria-hidden="true" />
          </>
        )}
      </DropdownMenuTrigger>
      <DropdownMenuContent side={side} align={compact ? "end" : "start"} className="w-60">
        <DropdownMenuLabel className="flex items-center justify-between gap-2">
          <span className="truncate">{me.data?.user.email ?? "Signed in"}</span>
          {me.data && <Badge className="capitalize">{me.data.organization.plan}</Badge>}
        </DropdownMenuLabel>
        <DropdownMenuSeparator />
        <DropdownMenuRadioGroup value={theme} onValueChange={(value) => chooseTheme(parseTheme(value))}>
          {themeOptions.map(({ value, label, Icon }) => (
            <DropdownMenuRadioItem key={value} value={value}>
              <Icon aria-hidden="true" />
              {label}
            </DropdownMenuRadioItem>
          ))}
        </DropdownMenuRadioGroup>
        <DropdownMenuSeparator />
        <DropdownMenuItem asChild>
          <Link href="/settings">
            <Settings aria-hidden="true" />
            Settings
          </Link>
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => leave("/")}>
          <LogOut aria-hidden="true" />
          Sign out
        </DropdownMenuItem>
        <DropdownMenuItem disabled={everywhere.isPending} onSelect={() => everywhere.mutate({})}>
          <MonitorX aria-hidden="true" />
          Sign out on every device
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
