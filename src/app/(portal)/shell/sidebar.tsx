import Link from "next/link";
import { Wordmark } from "@/components/brand/mark";
import { cn } from "@/components/cn";
import { Navigation } from "./navigation";
import { OrganizationSwitcher } from "./organization-switcher";
import { UserMenu } from "./user-menu";

export function Sidebar({ className }: { className?: string }) {
  return (
    <header className={cn("flex-col gap-6 border-r px-3 py-4", className)}>
      <Link href="/" aria-label="AgathaAI, home" className="mx-2 flex w-fit rounded-md">
        <Wordmark />
      </Link>
      <OrganizationSwitcher />
      <Navigation />
      <div className="mt-auto">
        <UserMenu side="top" />
      </div>
    </header>
  );
}
