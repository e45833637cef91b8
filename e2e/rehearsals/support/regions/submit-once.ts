import { submit } from "./from-outside";

const [url = "", key = ""] = process.argv.slice(2);
console.log(await submit(url, key));
