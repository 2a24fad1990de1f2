/**
 * Tells bodies that fit a signature just as JSON gives them, for the price of a glance at each value. No is always right
 * to say: such a body goes the general way, which alone says what is wrong with it.
 */
export interface PlainCheck {
  /**
   * The number of keys of all objects in a parsed body, as far as its type names them; -1 for one that may not fit, that
   * a request must not hold, or that has to be made into something else for the function.
   *
   * Keys that no type names are not looked for: a body fits when its text has no more keys than were counted.
   */
  keysOf(body: unknown): number;
}
