import type { Metadata } from "next";
import { DataSettings } from "./_components/data-settings";

export const metadata: Metadata = { title: "Data" };

export default function DataPage() {
  return <DataSettings />;
}
