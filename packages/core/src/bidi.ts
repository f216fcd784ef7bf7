/**
 * A character that changes the order in which a text is shown, so that readers see another text than the one evaluated.
 * @see https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
 */
export const bidiControl = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
