import Link from "next/link";
import { Wordmark } from "@/components/brand/mark";
import { cn } from "@/components/cn";
import { CommandButton } from "./command/command-menu";
import { Navigation } from "./navigation";
import { OrganizationSwitcher } from "./organization/organization-switcher";
import { SandboxBadge } from "./sandbox-badge";
import { UserMenu } from "./user-menu";

export function Sidebar({ sandbox, className }: { sandbox: readonly string[]; className?: string }) {
  return (
    <header className={cn("flex-col gap-6 border-r px-3 py-4", className)}>
      <div className="mx-2 flex min-h-6 items-center justify-between gap-2">
        <Link href="/overview" aria-label="AgathaAI, overview" className="flex w-fit rounded-md">
          <Wordmark />
        </Link>
        <SandboxBadge providers={sandbox} />
      </div>
      <div className="grid grid-cols-1 gap-2">
        <OrganizationSwitcher />
        <CommandButton />
      </div>
      <Navigation />
      <div className="mt-auto">
        <UserMenu side="top" />
      </div>
    </header>
  );
}
