// The administration's own texts, which no application needs.

import own from "../ui/texts/administration.json";
import { texts } from "../ui/texts.ts";

texts.addResourceBundle("en", "translation", own, true);
