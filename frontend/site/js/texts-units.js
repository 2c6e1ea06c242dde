// Why a unit of this place cannot win, and why its score may not be told. See texts.js.

import { addTexts } from "./texts.js";

addTexts({
  "unit.untold": ["Điểm của đơn vị không được công bố vì quá ít người dự thi, để không suy ra được điểm của ai.", "The unit's score is not published, because so few people took part that somebody's score could be worked out."],
  "unit.not_in_blocs": ["Không thuộc khối được xét giải", "Not in a bloc that a prize is for"],
  "unit.not_of_size": ["Số đối tượng bắt buộc ngoài mức được xét giải", "Not of a size that a prize is for"],
  "unit.below_min_rate": ["Chưa đạt tỷ lệ tối thiểu", "Below the minimum rate"],
  "unit.below_min_people": ["Chưa đủ số người tối thiểu", "Below the minimum number of people"],
  "unit.below_min_winners": ["Chưa đủ số người đạt giải cá nhân", "Too few people with an individual prize"],
});
