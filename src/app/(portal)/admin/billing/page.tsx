import type { Metadata } from "next";
import { IncidentsView } from "./_components/incidents-view";

export const metadata: Metadata = { title: "Billing incidents" };

export default function IncidentsPage() {
  return <IncidentsView />;
}
