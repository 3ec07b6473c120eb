/** PathProblem: why a path cannot be played, in one line for people that says where in it. */

export class PathProblem extends Error {}
