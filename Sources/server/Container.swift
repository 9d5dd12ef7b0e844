import API
import Foundation

/// How the server is set up when SageMaker starts it in a container with the argument `serve`.
enum Container {
    private static let modelFolder = "/opt/ml/model"

    static func options(_ server: Server) throws -> Application.Options {
        var options = server.plainOptions
        options.host = server.host ?? "0.0.0.0"
        options.isInsecure = true
        let environment = ProcessInfo.processInfo.environment
        if server.port == nil, let text = environment["SAGEMAKER_BIND_TO_PORT"] {
            guard let port = UInt16(text), port > 0 else { throw ContainerError.badPort }
            options.port = Int(port)
        }
        options.fallbackPort = 8080
        options.mountedModels = modelFolder
        options.modelRoots = ["/opt/ml"]
        if environment["SAGEMAKER_MULTI_MODEL"] == "true" {
            options.isMultiModel = true
            options.startsEmpty = server.configPath == nil
        }
        return options
    }
}

enum ContainerError: Error, CustomStringConvertible {
    case badPort

    var description: String {
        "SAGEMAKER_BIND_TO_PORT is not a port; set it to a number from 1 to 65535, or unset it"
    }
}
