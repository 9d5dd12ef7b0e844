/// The names of files that hold weights in the form they serve in. They can be made again at any time,
/// and are no checkpoints.
public enum PreparedFile {
    /// `model-500.safetensors.int8.packed` of `model-500.safetensors` in int8.
    ///
    /// - Parameters:
    ///   - path: what it was made of.
    ///   - format: the name of the format.
    /// - Returns: the path of what is prepared.
    public static func path(beside path: String, format: String) -> String {
        "\(path).\(format).packed"
    }
}
