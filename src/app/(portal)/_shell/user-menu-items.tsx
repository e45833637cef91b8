"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { LogOut, Monitor, MonitorX, Moon, Settings, Sun } from "lucide-react";
import Link from "next/link";
import type { ReactElement } from "react";
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
} from "@/components/ui/overlays/dropdown-menu";
import { toast } from "@/components/ui/toasts/toast-store";
import { signOutTo } from "../../_client/auth-call";
import { readFailure } from "../../_client/failure";
import { useTRPC } from "../../_client/trpc";

const themeOptions = [
  { value: "system", label: "System", Icon: Monitor },
  { value: "light", label: "Light", Icon: Sun },
  { value: "dark", label: "Dark", Icon: Moon },
] as const;

interface MenuProps {
  trigger: ReactElement;
}

export function UserMenuAbove({ trigger }: MenuProps) {
  return <UserMenuItems trigger={trigger} side="top" align="start" />;
}

export function UserMenuBelow({ trigger }: MenuProps) {
  return <UserMenuItems trigger={trigger} side="bottom" align="end" />;
}

function UserMenuItems({
  trigger,
  side,
  align,
}: MenuProps & { side: "top" | "bottom"; align: "start" | "end" }) {
  const trpc = useTRPC();
  const me = useQuery(trpc.account.me.queryOptions());
  const [theme, chooseTheme] = useTheme();
  const everywhere = useMutation(
    trpc.auth.signOutEverywhere.mutationOptions({
      onSuccess: () => signOutTo("/sign-in?note=signed-out"),
      onError: (error) =>
        toast("Couldn’t sign you out everywhere", {
          description: readFailure(error).message,
          tone: "danger",
        }),
    }),
  );
  return (
    <DropdownMenu defaultOpen>
      <DropdownMenuTrigger asChild>{trigger}</DropdownMenuTrigger>
      <DropdownMenuContent side={side} align={align} className="w-60">
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
        <DropdownMenuItem onSelect={() => void signOutTo("/")}>
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
