import Checkpoints
import Compute
import Crypto
import Foundation

/// Where models' weights are kept in the form they serve in, so that the next load finds them there.
public enum PreparedWeightsPlace: Sendable, Equatable {
    /// In the folder of the checkpoint.
    case besideCheckpoint
    /// In one folder for all models, which is made where there is none.
    case folder(String)
    case nowhere

    /// The file for a model.
    ///
    /// There is one for each folder of checkpoints and each format, which is replaced when the folder
    /// has a newer one; and one for each checkpoint that was itself asked for.
    ///
    /// - Returns: its path; nil for nowhere.
    /// - Throws: `CryptoError`.
    func path(
        of folder: ModelFolder, _ checkpoint: CheckpointFile, format: WeightFormat
    ) throws -> String? {
        let subject = folder.isOneCheckpoint ? checkpoint.path : folder.checkpointFolder
        switch self {
        case .nowhere:
            return nil
        case .besideCheckpoint:
            return folder.isOneCheckpoint
                ? PreparedFile.path(beside: subject, format: format.rawValue)
                : PreparedFile.path(beside: subject + "/weights", format: format.rawValue)
        case .folder(let prepared):
            // Folders of the same name are told apart by all of their paths.
            let whole = URL(fileURLWithPath: subject).resolvingSymlinksInPath().path
            let mark = try SHA256Digest(hashing: whole).hexadecimal.prefix(12)
            let name = URL(fileURLWithPath: whole).lastPathComponent
            return PreparedFile.path(
                beside: "\(prepared)/\(name)-\(mark)", format: format.rawValue)
        }
    }
}
