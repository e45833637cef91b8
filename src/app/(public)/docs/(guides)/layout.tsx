import type { ReactNode } from "react";
import { DocsNavigation } from "../_components/docs-navigation";

export default function DocsLayout({ children }: { children: ReactNode }) {
  return (
    <div className="mx-auto grid max-w-portal gap-x-12 gap-y-8 px-5 pt-10 md:grid-cols-[11rem_minmax(0,1fr)] xl:grid-cols-[11rem_minmax(0,42.5rem)_1fr]">
      <DocsNavigation />
      {children}
    </div>
  );
}
