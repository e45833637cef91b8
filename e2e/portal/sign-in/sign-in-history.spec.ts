import { expect, test } from "@playwright/test";
import { violations } from "../support/check-page";
import { makeVerifiedCustomer, signIn } from "../support/customer";
import { emailedLink } from "../support/mailbox";

test("sign-ins are listed, a new device is emailed, and the email's link ends all sessions", async ({
  page,
  request,
}) => {
  const customer = await makeVerifiedCustomer(request);
  const { email, password } = customer;
  // One from a program first: what comes first after registering is not news.
  await request.post("/api/v1/auth/login", { data: { email, password } });
  await signIn(page, customer);
  await page.goto("/settings");
  const section = page.getByRole("region", { name: "Sign-in history" });
  await section.getByRole("button", { name: "Show sign-ins" }).click();
  const rows = section.getByRole("list", { name: "Your sign-ins" }).getByRole("listitem");
  await expect(rows.first()).toContainText("Chrome");
  await expect(rows.first()).toContainText("new device");
  expect(await violations(page)).toEqual([]);

  const { pathname, search } = new URL(await emailedLink(email, /new sign-in/i));
  await page.goto(`${pathname}${search}`);
  await page.getByRole("button", { name: "End all sessions" }).click();
  await expect(page.getByRole("heading", { name: "All sessions ended" })).toBeVisible();
  await page.goto("/settings");
  await expect(page).toHaveURL(/\/sign-in/);
});
