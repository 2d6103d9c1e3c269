// Starts Swagger UI on the page's own schema address.
const place = document.getElementById("swagger-ui");
SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  deepLinking: true,
  docExpansion: "none",
  persistAuthorization: false,
  requestInterceptor: (request) => {
    const cookie = document.cookie.split("; ").find((part) => /^(__Host-)?csrf=/.test(part));
    if (cookie) request.headers["X-CSRFToken"] = cookie.split("=")[1];
    return request;
  },
});
