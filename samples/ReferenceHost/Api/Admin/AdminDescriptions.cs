using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ReferenceHost.Api.Admin;

/// <summary>What the OpenAPI document says of the actions.</summary>
internal static class AdminDescriptions
{
    /// <summary>Adds the key to the document, for programs that are made from it.</summary>
    public static void AddKey(this OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        document.AddComponent<IOpenApiSecurityScheme>(AdminSetup.KeyScheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = AdminKeyHandler.KeyHeader,
            Description = "The setting Admin:ApiKey of the host.",
        });
        return Task.CompletedTask;
    });

    public static RouteGroupBuilder DescribeAdmin(this RouteGroupBuilder group)
    {
        group.ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status429TooManyRequests);
        group.AddOpenApiOperationTransformer((operation, context, _) =>
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(AdminSetup.KeyScheme, context.Document)] = [] }];
            if (!HttpMethods.IsPost(context.Description.HttpMethod ?? "")) return Task.CompletedTask;
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = AdminKeyHandler.OperatorHeader,
                In = ParameterLocation.Header,
                Description = "Who asks, for the record of actions: up to 100 printable characters; 'api key' when left out.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 100 },
            });
            return Task.CompletedTask;
        });
        return group;
    }

    public static void DescribeTarget(this RouteHandlerBuilder endpoint, string unknown, bool isConflict = false)
    {
        endpoint.ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        if (isConflict) endpoint.ProducesProblem(StatusCodes.Status409Conflict);
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Responses!["404"].Description = unknown;
            if (isConflict) operation.Responses["409"].Description = "It cannot be done as things are; the problem says why.";
            operation.Responses["503"].Description = "It was tried and failed, or could not be recorded; it may be asked for again.";
            return Task.CompletedTask;
        });
    }
}
