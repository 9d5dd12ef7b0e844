/// The name a person who wrote `word` most likely meant: the one with the fewest letters changed,
/// added, left out or swapped with their neighbour, if those are at most a third of the word.
func nearestName(to word: String, among names: [String]) -> String? {
    guard word.utf8.count <= 64 else { return nil }
    let limit = max(1, word.count / 3)
    return names.map { (name: $0, distance: editDistance(word.lowercased(), $0)) }
        .filter { $0.distance <= limit }
        .min { $0.distance < $1.distance }?.name
}

private func editDistance(_ left: String, _ right: String) -> Int {
    let left = Array(left)
    let right = Array(right)
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
        var current = [row + 1]
        for column in right.indices {
            let isSame = left[row] == right[column]
            var best = min(
                last[column] + (isSame ? 0 : 1), last[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                best = min(best, beforeLast[column - 1] + 1)
            }
            current.append(best)
        }
        beforeLast = last
        last = current
    }
    return last[right.count]
}
