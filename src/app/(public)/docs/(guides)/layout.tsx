import type { ReactNode } from "react";
import { DocsNavigation } from "./docs-navigation";

export default function DocsLayout({ children }: { children: ReactNode }) {
  return (
    <div className="mx-auto grid max-w-portal gap-x-12 gap-y-6 px-5 pt-10 md:grid-cols-[12rem_minmax(0,1fr)]">
      <DocsNavigation />
      <article className="min-w-0 max-w-[42.5rem] text-base/6.5">{children}</article>
    </div>
  );
}
