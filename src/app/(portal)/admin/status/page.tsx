import type { Metadata } from "next";
import { NoticesView } from "./_components/notices-view";

export const metadata: Metadata = { title: "Status page" };

export default function AdminStatusPage() {
  return <NoticesView />;
}
