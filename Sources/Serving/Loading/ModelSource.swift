import Checkpoints

/// The files that one version of a model is made of, as they are now, and how it is kept; equal while
/// nobody has touched them.
struct ModelSource: Equatable, Sendable {
    let folder: ModelFolder
    let form: ModelForm
    private let weights: WeightFiles?
    private let others: [FileIdentity?]

    init(_ folder: ModelFolder, form: ModelForm = ModelForm()) {
        self.folder = folder
        self.form = form
        weights = folder.checkpoint.map { WeightFiles(ofCheckpoint: $0.path) }
        let files = [folder.configuration, folder.vocabulary.encoder, folder.vocabulary.merges]
        others = files.map { FileIdentity($0) }
    }
}
