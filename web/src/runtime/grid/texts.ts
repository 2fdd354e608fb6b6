// The texts of what grids load late: the first paint does without them.

import grid from "../../ui/texts/grid.json";
import { texts } from "../../ui/texts.ts";

texts.addResourceBundle("en", "translation", grid, true);
